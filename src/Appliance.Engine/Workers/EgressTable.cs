namespace Appliance.Engine;

/// <summary>A worker's ends of its ports, by port; ports come and go between breaths.</summary>
internal sealed class EgressTable(int ports)
{
    private Egress?[] _byPort = new Egress?[ports];
    private Egress[] _attached = [];

    /// <summary>Null: the port has no device now, and never had one if it is a sub-port.</summary>
    public Egress? this[int port] => _byPort[port];

    /// <summary>Those there are, in the order in which they came.</summary>
    public ReadOnlySpan<Egress> Attached => _attached;

    /// <summary>Frames that wait for a port.</summary>
    public int Waiting
    {
        get
        {
            int waiting = 0;
            foreach (Egress egress in _attached) waiting += egress.Waiting;
            return waiting;
        }
    }

    public void Grow(int ports)
    {
        if (ports > _byPort.Length) Array.Resize(ref _byPort, ports);
    }

    public void Add(int port, Egress egress)
    {
        if (_byPort[port] is not null) throw new InvalidOperationException($"Port {port} has a queue already.");
        _byPort[port] = egress;
        _attached = [.. _attached, egress];
    }

    /// <summary>Null: there was none.</summary>
    public Egress? Remove(int port)
    {
        if (_byPort[port] is not { } gone) return null;
        _byPort[port] = null;
        _attached = [.. _attached.Where(egress => egress != gone)];
        return gone;
    }
}
