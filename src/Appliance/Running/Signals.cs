using System.Runtime.InteropServices;

namespace Appliance.Running;

/// <summary>SIGTERM and SIGINT stop the appliance in order, SIGHUP reloads; as long as this lives.</summary>
internal sealed class Signals : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;

    public Signals(RunningAppliance appliance)
    {
        _registrations =
        [
            On(PosixSignal.SIGTERM, appliance.Stop),
            On(PosixSignal.SIGINT, appliance.Stop),
            On(PosixSignal.SIGHUP, () => _ = appliance.Reload()),
        ];
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations) registration.Dispose();
    }

    /// <summary>What the runtime would do by itself, end the process, it does not.</summary>
    private static PosixSignalRegistration On(PosixSignal signal, Action act) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        act();
    });
}
