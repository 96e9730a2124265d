// A candidate of client-go's, as its users write one, which tells what happens to it in lines of JSON on its standard
// output. The same source is compiled with the client-go of today and with the last one that had locks other than Leases.
//
// Each line has the fields at, in nanoseconds of the wall clock since 1970, event, election, candidate and detail, in that
// order. The events:
//
//	contending  the candidate begins
//	leader      it sees another leader than before, named by the detail
//	saw         a Get returned another record than the one before: the detail is what client-go compares
//	started     OnStartedLeading is called: its work begins
//	renewed     a write of the record succeeded; the time is that before it was sent
//	released    the same for a record without a holder
//	refused     a write failed, for the reason in the detail
//	stopping    it was asked to end by SIGTERM, and its work has stopped
//	stopped     OnStoppedLeading is called
//	claims      the answer to a line on its standard input: the detail is "true" while it is between OnStartedLeading
//	            and OnStoppedLeading, its context is not done, and IsLeader says that it leads; otherwise "false"
//
// It stops its work before it cancels the context, since client-go gives up the record before it calls OnStoppedLeading.
// Its leadership over, it ends, unless it is told to contend again.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"time"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

var (
	kubeconfig      = flag.String("kubeconfig", "", "who and where")
	namespace       = flag.String("namespace", "default", "the namespace of the lock")
	name            = flag.String("name", "", "the name of the lock")
	identity        = flag.String("identity", "", "who this is")
	lockType        = flag.String("lock", resourcelock.LeasesResourceLock, "the kind of lock")
	leaseDuration   = flag.Duration("lease-duration", 15*time.Second, "how long a silent leader is waited for")
	renewDeadline   = flag.Duration("renew-deadline", 10*time.Second, "how long renewals may fail")
	retryPeriod     = flag.Duration("retry-period", 2*time.Second, "how often the lock is renewed or tried")
	releaseOnCancel = flag.Bool("release-on-cancel", true, "whether the lock is given up at the end")
	again           = flag.Bool("again", false, "whether it contends again, with another elector, after each leadership")
	leashed         = flag.Bool("leashed", false, "whether it answers its standard input, and is killed by the end of that")
)

func main() {
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		return err
	}
	lock, err := resourcelock.NewFromKubeconfig(
		*lockType, *namespace, *name, resourcelock.ResourceLockConfig{Identity: *identity}, config, *renewDeadline)
	if err != nil {
		return err
	}
	tell := &teller{election: *namespace + "/" + *name, candidate: *identity}
	claims := &claims{}
	if *leashed {
		go answer(claims, tell)
	}

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM)
	go func() {
		<-asked
		tell.now("stopping", "")
		cancel()
	}()

	for first := true; first || *again && ctx.Err() == nil; first = false {
		elector, err := newElector(&toldLock{Interface: lock, tell: tell}, tell, claims)
		if err != nil {
			return err
		}
		tell.now("contending", "")
		elector.Run(ctx)
	}
	return nil
}

func newElector(lock resourcelock.Interface, tell *teller, claims *claims) (*leaderelection.LeaderElector, error) {
	var elector *leaderelection.LeaderElector
	elector, err := leaderelection.NewLeaderElector(leaderelection.LeaderElectionConfig{
		Lock:            lock,
		LeaseDuration:   *leaseDuration,
		RenewDeadline:   *renewDeadline,
		RetryPeriod:     *retryPeriod,
		ReleaseOnCancel: *releaseOnCancel,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(ctx context.Context) {
				claims.begin(func() bool { return ctx.Err() == nil && elector.IsLeader() })
				tell.now("started", "")
			},
			OnStoppedLeading: func() {
				claims.end()
				tell.now("stopped", "")
			},
			OnNewLeader: func(leader string) { tell.now("leader", leader) },
		},
	})
	return elector, err
}

// claims is what the present leadership, if there is one, says of itself; for use by many goroutines.
type claims struct {
	mutex sync.Mutex
	leads func() bool
}

func (c *claims) begin(leads func() bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.leads = leads
}

func (c *claims) end() {
	c.begin(nil)
}

func (c *claims) held() bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.leads != nil && c.leads()
}

// answer ends the process with its input, as if it were killed: whoever asked is dead.
func answer(claims *claims, tell *teller) {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		tell.now("claims", strconv.FormatBool(claims.held()))
	}
	os.Exit(1)
}

// toldLock is a lock whose reads and writes are told.
type toldLock struct {
	resourcelock.Interface
	tell *teller
	seen []byte // by the one goroutine that elects
}

func (l *toldLock) Get(ctx context.Context) (*resourcelock.LeaderElectionRecord, []byte, error) {
	record, raw, err := l.Interface.Get(ctx)
	if err == nil && !bytes.Equal(raw, l.seen) {
		l.seen = raw
		l.tell.now("saw", string(raw))
	}
	return record, raw, err
}

func (l *toldLock) Create(ctx context.Context, record resourcelock.LeaderElectionRecord) error {
	return l.written(record, func() error { return l.Interface.Create(ctx, record) })
}

func (l *toldLock) Update(ctx context.Context, record resourcelock.LeaderElectionRecord) error {
	return l.written(record, func() error { return l.Interface.Update(ctx, record) })
}

func (l *toldLock) written(record resourcelock.LeaderElectionRecord, write func() error) error {
	sent := time.Now()
	err := write()
	switch {
	case err != nil:
		l.tell.at(sent, "refused", err.Error())
	case record.HolderIdentity == "":
		l.tell.at(sent, "released", "")
	default:
		l.tell.at(sent, "renewed", "")
	}
	return err
}

// teller prints events, for use by many goroutines.
type teller struct {
	election, candidate string
	mutex               sync.Mutex
}

func (t *teller) now(event, detail string) {
	t.at(time.Now(), event, detail)
}

func (t *teller) at(when time.Time, event, detail string) {
	line, err := json.Marshal(struct {
		At        int64  `json:"at"`
		Event     string `json:"event"`
		Election  string `json:"election"`
		Candidate string `json:"candidate"`
		Detail    string `json:"detail"`
	}{when.UnixNano(), event, t.election, t.candidate, detail})
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
