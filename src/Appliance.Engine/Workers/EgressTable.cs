namespace Appliance.Engine;

/// <summary>A worker's ends of its ports, by port; ports come and go between breaths.</summary>
internal sealed class EgressTable(int ports)
{
    private Egress?[] _byPort = new Egress?[ports];
    private Egress?[] _hosts = new Egress?[ports];      // by logical port
    private Egress[] _attached = [];

    /// <summary>Null: the port has no device now, and never had one if it is a sub-port.</summary>
    public Egress? this[int port] => _byPort[port];

    /// <summary>The way to the host by its end of a port, or of a sub-port. Null: it has none there.</summary>
    public Egress? HostAt(int port) => _hosts[port];

    /// <summary>Those there are, the host's among them, in the order in which they came.</summary>
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

    /// <summary>When the first of them is to be offered again what waits for it; never, if nothing waits.</summary>
    public MonotonicTime NextOffer(MonotonicTime now)
    {
        MonotonicTime next = MonotonicTime.Never;
        foreach (Egress egress in _attached)
        {
            MonotonicTime offer = egress.NextOffer(now);
            if (offer < next) next = offer;
        }

        return next;
    }

    public void Grow(int ports)
    {
        if (ports <= _byPort.Length) return;
        Array.Resize(ref _byPort, ports);
        Array.Resize(ref _hosts, ports);
    }

    public void Add(int port, Egress egress) => Add(_byPort, port, egress);

    public void AddHost(int port, Egress egress) => Add(_hosts, port, egress);

    /// <summary>Null: there was none.</summary>
    public Egress? Remove(int port) => Remove(_byPort, port);

    /// <summary>Likewise.</summary>
    public Egress? RemoveHost(int port) => Remove(_hosts, port);

    private void Add(Egress?[] places, int port, Egress egress)
    {
        if (places[port] is not null) throw new InvalidOperationException($"Port {port} has a queue already.");
        places[port] = egress;
        _attached = [.. _attached, egress];
    }

    private Egress? Remove(Egress?[] places, int port)
    {
        if (places[port] is not { } gone) return null;
        places[port] = null;
        _attached = [.. _attached.Where(egress => egress != gone)];
        return gone;
    }
}
