using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// How often a worker looks at all ports one by one. Where none is free that takes milliseconds for each flow that is refused, and one host
/// that opens flows to one destination would have the worker do nothing else. So behind a search in vain ports are found by chance alone,
/// for so long that searching takes a tenth of the worker's time at most. Of one worker.
/// </summary>
internal sealed class PortSearch
{
    /// <summary>So many ports are asked about in no time worth speaking of.</summary>
    public const int FewPorts = 1024;

    /// <summary>Ten times what asking about a port takes.</summary>
    public const long RestNanosecondsPerPort = 3_000;

    private MonotonicTime _restsUntil;

    public bool MayBegin(MonotonicTime now) => now >= _restsUntil;

    public void NoteInVain(int ports, MonotonicTime now)
    {
        if (ports > FewPorts) _restsUntil = now + (ports * RestNanosecondsPerPort);
    }
}
