using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Node;
using Appliance.Threads;

namespace Appliance.Measuring;

/// <summary>How fast the whole data path moves one kind of traffic on this machine: received, forwarded, sent, in memory.</summary>
/// <param name="Traffic">What was moved.</param>
/// <param name="Vcpus">Worker threads.</param>
/// <param name="Coalesces">Whether LRO was on.</param>
/// <param name="FramesPerSecond">That left, of all workers.</param>
/// <param name="BitsPerSecond">Ethernet bits without FCS that left.</param>
/// <param name="HandedOff">Share of the frames that another worker than the receiving one judged, 0..1.</param>
/// <param name="LostShare">Frames dropped, over frames received, 0..1.</param>
internal sealed record PathMeasurement(
    string Traffic, int Vcpus, bool Coalesces, double FramesPerSecond, double BitsPerSecond, double HandedOff, double LostShare)
{
    private const string Router = """
        ports:
          lan: {backend: pcap, addresses: [10.0.0.1/8], offloads: {lro: on}}
          wan: {backend: pcap, addresses: [203.0.113.2/24]}
        routes: [{to: 0.0.0.0/0, via: 203.0.113.1}]

        """;

    /// <summary>Nanoseconds of one vCPU for each frame.</summary>
    public double NanosecondsPerFrame => Vcpus * 1e9 / FramesPerSecond;

    /// <summary>Runs real worker threads: first to warm up, then for as long as asked.</summary>
    /// <param name="traffic">Which of <see cref="Workload.All"/>.</param>
    /// <param name="vcpus">Workers, each with its own queue of the port; a share of the flows each.</param>
    /// <param name="coalesces">Whether LRO is on.</param>
    /// <param name="seconds">To measure, after as much warm-up.</param>
    public static PathMeasurement Take(int traffic, int vcpus, bool coalesces, double seconds)
    {
        string text = coalesces ? Router : Router.Replace("lro: on", "lro: off", StringComparison.Ordinal);
        RuntimeModel model = ConfigurationLoader.LoadText(text, "bench.yaml").Model
            ?? throw new InvalidOperationException("The benchmark's configuration is refused.");
        using var node = new ApplianceNode(model, new NodeOptions { Workers = vcpus });
        Workload workload = Workload.All(node.Models.Ports[0].Mac)[traffic];
        foreach (Worker worker in node.Workers)
        {
            // Flow by flow, not frame by frame, so that what follows one another stays together.
            byte[][] share = [.. workload.Frames.Where(frame => frame[29] % vcpus == worker.Id)];
            worker.Attach(new PortId(0), new LoadQueue(new PortId(0), worker.Pool, share));
            worker.Attach(new PortId(1), new LoadQueue(new PortId(1), worker.Pool, []));
        }

        // The workers' own threads are measured; this one waits while they warm up and while they are counted. How long it really slept
        // does not matter: each reading says when it was taken.
        using WorkerThreads threads = WorkerThreads.Start(node);
        Thread.Sleep(TimeSpan.FromSeconds(seconds));
        CounterReading[] before = CounterReading.TakeAll(node.Workers);
        Thread.Sleep(TimeSpan.FromSeconds(seconds));
        return Between(workload.Name, coalesces, before, CounterReading.TakeAll(node.Workers));
    }

    private static PathMeasurement Between(string traffic, bool coalesces, CounterReading[] before, CounterReading[] after)
    {
        (CounterReading Then, CounterReading Now)[] workers = [.. before.Zip(after)];
        double Sum(Func<CounterReading, double> counter) => workers.Sum(worker => counter(worker.Now) - counter(worker.Then));
        double Rate(Func<CounterReading, double> counter) =>
            workers.Sum(worker => 1e9 * (counter(worker.Now) - counter(worker.Then)) / (worker.Now.Time - worker.Then.Time));
        double received = Math.Max(1, Sum(reading => reading.Received));
        return new PathMeasurement(
            traffic,
            workers.Length,
            coalesces,
            Rate(reading => reading.Transmitted),
            Rate(reading => 8.0 * reading.BytesOut),
            Sum(reading => reading.HandedOff) / received,
            Sum(reading => reading.Dropped) / received);
    }
}
