using System.Collections.Immutable;
using Xunit;

namespace Appliance.Ports.Linux.Tests.Threads;

public sealed class ProcessorAffinityTests
{
    [Fact]
    public void A_thread_that_is_bound_may_run_on_one_processor_only_and_the_others_stay_free()
    {
        ImmutableArray<int> before = ProcessorAffinity.Allowed();
        Assert.NotEmpty(before);
        foreach (int processor in before)
        {
            ImmutableArray<int> bound = [];
            string? allowedByTheKernel = null;
            var thread = new Thread(() =>
            {
                ProcessorAffinity.Bind(processor);
                bound = ProcessorAffinity.Allowed();
                allowedByTheKernel = File.ReadLines("/proc/thread-self/status")
                    .First(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)).Split('\t')[1];
            });
            thread.Start();
            thread.Join();
            Assert.Equal([processor], bound);
            Assert.Equal($"{processor}", allowedByTheKernel);
        }

        Assert.Equal(before, ProcessorAffinity.Allowed());
    }

    [Fact]
    public void A_processor_that_is_not_there_is_refused_with_the_call_and_errno()
    {
        InvalidOperationException failure = Assert.Throws<InvalidOperationException>(() => ProcessorAffinity.Bind(1023));
        Assert.Contains("sched_setaffinity to processor 1023", failure.Message, StringComparison.Ordinal);
        Assert.Contains("errno 22", failure.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => ProcessorAffinity.Bind(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProcessorAffinity.Bind(1024));
    }
}
