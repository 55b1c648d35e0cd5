namespace Appliance.Running;

/// <summary>systemd, when it started the appliance and asked for notices.</summary>
internal sealed class SystemdNotices : IServiceNotices, IDisposable
{
    public long? WatchdogNanoseconds => null;

    public void Ready(string status)
    {
    }

    public void Reloading()
    {
    }

    public void Stopping()
    {
    }

    public void Alive()
    {
    }

    public void Dispose()
    {
    }
}
