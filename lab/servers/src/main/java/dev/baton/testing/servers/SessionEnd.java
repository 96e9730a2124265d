package dev.baton.testing.servers;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.util.Set;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Ends sessions on a ZooKeeper server, over JMX. */
final class SessionEnd {
    /** A server names each of its connections by the number of its session. */
    private static final String CONNECTIONS = "org.apache.ZooKeeperService:name3=Connections,name5=0x%s,*";

    /** On a server that is alone. */
    private static final String CONNECTIONS_OF_ONE = "org.apache.ZooKeeperService:name1=Connections,name3=0x%s,*";

    private SessionEnd() {}

    /**
     * Ends {@code session} on the server that runs as process {@code pid}; answers whether that has a connection of it.
     *
     * @throws IOException if the server cannot be asked
     */
    // The address is what a process of ours says of itself.
    @SuppressWarnings("BanJNDI")
    static boolean at(long pid, long session) throws IOException {
        try {
            VirtualMachine server = VirtualMachine.attach(Long.toString(pid));
            try (JMXConnector jmx =
                    JMXConnectorFactory.connect(new JMXServiceURL(server.startLocalManagementAgent()))) {
                return end(jmx.getMBeanServerConnection(), session);
            } finally {
                server.detach();
            }
        } catch (AttachNotSupportedException | JMException e) {
            throw new IOException("process " + pid + " cannot be asked to end a session", e);
        }
    }

    private static boolean end(MBeanServerConnection beans, long session) throws IOException, JMException {
        for (String pattern : new String[] {CONNECTIONS, CONNECTIONS_OF_ONE}) {
            Set<ObjectName> found =
                    beans.queryNames(new ObjectName(pattern.formatted(Long.toHexString(session))), null);
            for (ObjectName connection : found) {
                beans.invoke(connection, "terminateSession", new Object[0], new String[0]);
                return true;
            }
        }
        return false;
    }
}
