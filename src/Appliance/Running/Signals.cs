using System.Runtime.InteropServices;

namespace Appliance.Running;

/// <summary>
/// SIGTERM and SIGINT stop the appliance in order, SIGHUP reloads; as long as this lives. It is there before the appliance is: what comes
/// while that takes over devices and addresses is done when it can give them back.
/// </summary>
internal sealed class Signals : IDisposable
{
    private readonly Lock _lock = new();
    private readonly PosixSignalRegistration[] _registrations;
    private RunningAppliance? _appliance;
    private bool _isStopAsked;
    private bool _isReloadAsked;

    public Signals()
    {
        _registrations =
        [
            On(PosixSignal.SIGTERM, Stop),
            On(PosixSignal.SIGINT, Stop),
            On(PosixSignal.SIGHUP, Reload),
        ];
    }

    /// <summary>Before it runs: it is told of what comes from here on, and of what has come.</summary>
    public void Attach(RunningAppliance appliance)
    {
        lock (_lock)
        {
            _appliance = appliance;
            if (_isStopAsked) appliance.Stop();
            else if (_isReloadAsked) _ = appliance.Reload();
        }
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations) registration.Dispose();
    }

    internal void Stop()
    {
        lock (_lock)
        {
            _isStopAsked = true;
            _appliance?.Stop();
        }
    }

    internal void Reload()
    {
        lock (_lock)
        {
            _isReloadAsked = true;
            _ = _appliance?.Reload();
        }
    }

    /// <summary>What the runtime would do by itself, end the process, it does not.</summary>
    private static PosixSignalRegistration On(PosixSignal signal, Action act) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        act();
    });
}
