using Appliance.Interop;
using Xunit;

// Most of these tests wait for others: hosts, peers, timers of protocols. Those that load the machine run alone (LoadCollection).
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
[assembly: TestCollectionOrderer(typeof(LongestFirst))]
