using System.Globalization;
using Appliance.Engine;
using Appliance.Ports.Linux;
using Appliance.Running;
using Appliance.Threads;
using Xunit;

namespace Appliance.Tests.Threads;

/// <summary>A thread that is above all others takes what they ask, however far one is with asking that it has kept from running.</summary>
public sealed class UrgentReaderTests
{
    private const int Looks = 400;
    private const long MostNanoseconds = 300_000_000;                   // of a processor; who waits for the other burns it for 0.95 s

    [Fact]
    public void It_waits_for_nobody_whom_it_keeps_from_running()
    {
        var queue = new ControlQueue(new Doorbell());
        bool isUrgent = false, isDone = false;
        long most = 0;
        var reader = new Thread(() =>
        {
            using var sleep = new DescriptorSleep();
            ProcessorAffinity.Bind(ProcessorAffinity.Allowed()[0]);
            isUrgent = ThreadUrgency.TryRaise();
            for (int look = 0; isUrgent && look < Looks; look++)
            {
                long before = ProcessorNanoseconds();
                if (!queue.IsEmpty) queue.Run();
                most = Math.Max(most, ProcessorNanoseconds() - before);
                sleep.Pause(1_000_000);
            }

            Volatile.Write(ref isDone, true);
        });
        var writer = new Thread(() =>
        {
            ProcessorAffinity.Bind(ProcessorAffinity.Allowed()[0]);
            while (!Volatile.Read(ref isDone)) queue.Post(static () => { });
        });
        writer.Start();
        reader.Start();
        reader.Join();
        writer.Join();
        Assert.SkipUnless(isUrgent, "needs CAP_SYS_NICE");
        Assert.True(most < MostNanoseconds, $"{most} ns of a processor in one look");
    }

    /// <summary>That the calling thread has had (proc(5), schedstat).</summary>
    private static long ProcessorNanoseconds() =>
        long.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0], CultureInfo.InvariantCulture);
}
