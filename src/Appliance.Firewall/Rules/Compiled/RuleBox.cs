namespace Appliance.Firewall;

/// <summary>
/// A box of packets, both corners included, within which a rule can match. A rule has as many as its intervals need; they may overlap.
/// </summary>
internal struct RuleBox
{
    public SixNumbers Low;
    public SixNumbers High;
    public int Rule;

    /// <summary>The part within another box. They must meet.</summary>
    public readonly RuleBox Within(in RuleBox other)
    {
        RuleBox part = this;
        for (int d = 0; d < Dimension.Count; d++)
        {
            part.Low[d] = Math.Max(Low[d], other.Low[d]);
            part.High[d] = Math.Min(High[d], other.High[d]);
        }

        return part;
    }
}
