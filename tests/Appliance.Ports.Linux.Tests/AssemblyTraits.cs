using Xunit;

// They share two processors with their peers.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
