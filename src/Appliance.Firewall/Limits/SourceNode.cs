namespace Appliance.Firewall;

/// <summary>What is known of a source, like pf's source node. All zero: a free place.</summary>
internal struct SourceNode
{
    private const uint RateUnit = 1000;                                 // of a connection, so that a part of one can fade; pf's multiple

    public UInt128 Address;
    public ushort Account;
    public bool IsV6;
    public bool IsUsed;
    public int States;
    public int Connections;                                             // those of the states whose TCP handshake was complete
    public uint ExpiresAt;                                              // seconds; while there are no states
    private uint _rate;                                                 // connections of late, in units
    private uint _rateAt;                                               // seconds; when that was so

    public readonly bool Is(in SourceKey key) => IsUsed && Address == key.Address && IsV6 == key.IsV6 && Account == key.Account;

    /// <summary>Whether nobody needs it any more.</summary>
    public readonly bool IsOver(uint now) => IsUsed && States == 0 && ExpiresAt <= now;

    /// <summary>
    /// Counts a connection; answers whether that is more than the rule lets a source have: at once, or within some seconds. As in pf those
    /// of late fade in proportion to the time since the last one.
    /// </summary>
    /// <param name="policy">The rule's.</param>
    /// <param name="now">Seconds.</param>
    /// <param name="age">
    /// Seconds since it was made, elsewhere: it counts as much less. That is never more than where it was made, for pf lets what is left
    /// fade, and a product of what remains is no less than one of the whole time.
    /// </param>
    public bool Connect(StatePolicy policy, uint now, uint age = 0)
    {
        Connections++;
        bool isOver = policy.MaximumConnectionsOfSource > 0 && Connections > policy.MaximumConnectionsOfSource;
        if (policy.ConnectionRate == 0) return isOver;
        uint elapsed = now - _rateAt;
        ulong left = elapsed >= policy.ConnectionRateSeconds ? 0 : _rate - ((ulong)_rate * elapsed / policy.ConnectionRateSeconds);
        uint younger = policy.ConnectionRateSeconds - Math.Min(age, policy.ConnectionRateSeconds);
        uint added = (uint)((ulong)RateUnit * younger / policy.ConnectionRateSeconds);
        (_rate, _rateAt) = ((uint)Math.Min(left + added, uint.MaxValue), now);
        return isOver || _rate > (ulong)policy.ConnectionRate * RateUnit;
    }
}
