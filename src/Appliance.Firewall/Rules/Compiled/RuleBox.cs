namespace Appliance.Firewall;

/// <summary>
/// A box of packets, both corners included, within which a rule can match. A rule has as many as its intervals need; they may overlap.
/// </summary>
internal struct RuleBox
{
    public SixNumbers Low;
    public SixNumbers High;
    public int Rule;

    /// <summary>No packet is in it: its protocol is none.</summary>
    public static RuleBox Nothing
    {
        get
        {
            RuleBox box = default;
            box.Low[Dimension.Protocol] = box.High[Dimension.Protocol] = Dimension.LastNumber;
            return box;
        }
    }
}
