using System.Collections.Concurrent;
using Appliance.Running;

namespace Appliance.Tests.Live;

/// <summary>Keeps what a service manager would be told.</summary>
internal sealed class TestNotices : IServiceNotices
{
    private readonly ConcurrentQueue<string> _told = [];

    public long? WatchdogNanoseconds { get; init; }

    public IReadOnlyCollection<string> Told => _told;

    public int Pings { get; private set; }

    public void Ready(string status) => _told.Enqueue("ready");

    public void Reloading() => _told.Enqueue("reloading");

    public void Stopping() => _told.Enqueue("stopping");

    public void Alive() => Pings++;
}
