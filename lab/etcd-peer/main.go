// A candidate of the election, or the mutex, of etcd's own Go client, as its users write one, which tells what happens to it
// in lines of JSON on its standard output.
//
// Each line has the fields at, in nanoseconds of the wall clock since 1970, event, election, candidate and detail, in that
// order. The events:
//
//	contending  the candidate has a session and begins to stand in line; the detail is its lease's ID
//	leader      it sees another leader than before, named by the detail; one with a mutex does not look
//	started     Campaign or Lock has returned: its work begins; the detail is the create revision of its key
//	stopping    it was asked to end by SIGTERM, and its work has stopped
//	released    Resign or Unlock has returned
//	stopped     its session is over
//
// It stops its work before it resigns, and when its session is done, which is all that the client offers to know by.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/concurrency"
)

var (
	endpoints = flag.String("endpoints", "", "the members, separated by commas")
	prefix    = flag.String("prefix", "/baton/", "what the keys begin with")
	election  = flag.String("election", "", "the election, below the prefix")
	identity  = flag.String("identity", "", "who this is")
	ttl       = flag.Int("ttl", 15, "the lease's time to live, in seconds")
	mutex     = flag.Bool("mutex", false, "whether it is a Mutex that it takes, in place of an Election")
)

func main() {
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM)

	client, err := clientv3.New(clientv3.Config{
		Endpoints:   strings.Split(*endpoints, ","),
		DialTimeout: 30 * time.Second,
	})
	if err != nil {
		return err
	}
	defer client.Close()
	session, err := concurrency.NewSession(client, concurrency.WithTTL(*ttl))
	if err != nil {
		return err
	}
	tell := &teller{}
	tell.now("contending", strconv.FormatInt(int64(session.Lease()), 16))
	line := newLine(session)
	go line.watch(ctx, tell)

	first := make(chan error, 1)
	go func() { first <- line.enter(ctx) }()
	select {
	case err := <-first:
		if err != nil {
			return err
		}
		tell.now("started", strconv.FormatInt(line.revision(), 10))
	case <-asked:
		cancel()
		return errors.Join(<-first, session.Close())
	case <-session.Done():
		tell.now("stopped", "")
		return nil
	}

	select {
	case <-asked:
		tell.now("stopping", "")
		err := line.leave(ctx)
		if err == nil {
			tell.now("released", "")
		}
		return errors.Join(err, session.Close())
	case <-session.Done():
		tell.now("stopped", "")
		return nil
	}
}

// line is where a candidate stands until it is the first.
type line interface {
	// enter returns once it is the first.
	enter(ctx context.Context) error
	leave(ctx context.Context) error
	// revision is the create revision of its key, once it is the first.
	revision() int64
	// watch tells who leads until the context is done.
	watch(ctx context.Context, tell *teller)
}

func newLine(session *concurrency.Session) line {
	if *mutex {
		return &mutexLine{mutex: concurrency.NewMutex(session, *prefix+*election)}
	}
	return &electionLine{
		election: concurrency.NewElection(session, *prefix+*election),
		seen:     concurrency.NewElection(session, *prefix+*election),
	}
}

// electionLine campaigns. It looks on with an Election of its own, since one is not safe for several goroutines.
type electionLine struct {
	election, seen *concurrency.Election
}

func (l *electionLine) enter(ctx context.Context) error { return l.election.Campaign(ctx, *identity) }

func (l *electionLine) leave(ctx context.Context) error { return l.election.Resign(ctx) }

func (l *electionLine) revision() int64 { return l.election.Rev() }

func (l *electionLine) watch(ctx context.Context, tell *teller) {
	for leader := range l.seen.Observe(ctx) {
		tell.now("leader", string(leader.Kvs[0].Value))
	}
}

type mutexLine struct {
	mutex *concurrency.Mutex
}

func (l *mutexLine) enter(ctx context.Context) error { return l.mutex.Lock(ctx) }

func (l *mutexLine) leave(ctx context.Context) error { return l.mutex.Unlock(ctx) }

// revision comes out of the comparison by which users guard their writes, the only place where a Mutex says it.
func (l *mutexLine) revision() int64 {
	owner := l.mutex.IsOwner()
	return owner.GetCompare().GetCreateRevision()
}

func (l *mutexLine) watch(context.Context, *teller) {}

// teller prints events, for use by many goroutines.
type teller struct {
	mutex sync.Mutex
}

func (t *teller) now(event, detail string) {
	line, err := json.Marshal(struct {
		At        int64  `json:"at"`
		Event     string `json:"event"`
		Election  string `json:"election"`
		Candidate string `json:"candidate"`
		Detail    string `json:"detail"`
	}{time.Now().UnixNano(), event, *election, *identity, detail})
	if err != nil {
		panic(err) // there is nothing in it that cannot be written
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	// In one write, since the file may be shared with the log.
	if _, err := os.Stdout.Write(append(line, '\n')); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
