using Appliance.Ports.Linux;
using Appliance.Threads;

namespace Appliance.Running;

/// <summary>systemd, when it started the appliance and asked for notices.</summary>
internal sealed class SystemdNotices : IServiceNotices, IDisposable
{
    private const long NanosecondsPerMicrosecond = 1000;

    private readonly SystemdNotify _systemd = SystemdNotify.FromEnvironment();

    public long? WatchdogNanoseconds =>
        _systemd.WatchdogPeriod is { } period ? period.Ticks * TimeSpan.NanosecondsPerTick : null;

    public void Ready(string status)
    {
        _systemd.Status(status);
        _systemd.Ready();
    }

    public void Reloading() => _systemd.Reloading(WorkerThreads.Now.Nanoseconds / NanosecondsPerMicrosecond);

    public void Stopping() => _systemd.Stopping();

    public void Alive() => _systemd.Alive();

    public void Dispose() => _systemd.Dispose();
}
