namespace Appliance.Simulation;

/// <summary>
/// What is wrong with one direction of a cable: of several troubles at once each counts until it is over, and of one kind the worst.
/// </summary>
internal sealed class WireFaults
{
    private readonly List<WireTrouble> _troubles = [];

    public bool IsCut { get; private set; }

    /// <summary>Of a thousand frames.</summary>
    public int LossPerMille { get; private set; }

    /// <summary>Likewise.</summary>
    public int DoublingPerMille { get; private set; }

    /// <summary>Each frame is late by its own part of this; they overtake each other.</summary>
    public long MaxDelayNanoseconds { get; private set; }

    /// <summary>A switch between that takes IPv6 for nothing.</summary>
    public bool LosesIpv6 { get; set; }

    public void Begin(WireTrouble trouble)
    {
        _troubles.Add(trouble);
        Sum();
    }

    /// <summary>One that has begun.</summary>
    public void End(WireTrouble trouble)
    {
        _troubles.Remove(trouble);
        Sum();
    }

    private void Sum()
    {
        IsCut = _troubles.Exists(static trouble => trouble.IsCut);
        LossPerMille = _troubles.Select(static trouble => trouble.LossPerMille).DefaultIfEmpty().Max();
        DoublingPerMille = _troubles.Select(static trouble => trouble.DoublingPerMille).DefaultIfEmpty().Max();
        MaxDelayNanoseconds = _troubles.Select(static trouble => trouble.MaxDelayNanoseconds).DefaultIfEmpty().Max();
    }
}
