namespace Appliance.Simulation;

/// <summary>What is wrong with one direction of a cable.</summary>
internal sealed class WireFaults
{
    public bool IsCut { get; set; }

    /// <summary>Of a thousand frames.</summary>
    public int LossPerMille { get; set; }

    public int DoublingPerMille { get; set; }

    /// <summary>Each frame is late by its own part of this; they overtake each other.</summary>
    public long MaxDelayNanoseconds { get; set; }

    /// <summary>A switch between that takes IPv6 for nothing.</summary>
    public bool LosesIpv6 { get; set; }

    public void Mend() => (IsCut, LossPerMille, DoublingPerMille, MaxDelayNanoseconds, LosesIpv6) = (false, 0, 0, 0, false);
}
