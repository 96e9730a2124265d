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
//
// It stops its work before it cancels the context, since client-go gives up the record before it calls OnStoppedLeading.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
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
	elector, err := leaderelection.NewLeaderElector(leaderelection.LeaderElectionConfig{
		Lock:            &toldLock{Interface: lock, tell: tell},
		LeaseDuration:   *leaseDuration,
		RenewDeadline:   *renewDeadline,
		RetryPeriod:     *retryPeriod,
		ReleaseOnCancel: *releaseOnCancel,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(context.Context) { tell.now("started", "") },
			OnStoppedLeading: func() { tell.now("stopped", "") },
			OnNewLeader:      func(leader string) { tell.now("leader", leader) },
		},
	})
	if err != nil {
		return err
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

	tell.now("contending", "")
	elector.Run(ctx)
	return nil
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
