namespace Appliance.Failover;

/// <summary>What one life of the peer claims of all its groups: of many, each heartbeat brings some, by turns.</summary>
internal sealed class PeerClaims
{
    /// <summary>What was not claimed in so many rounds is claimed no more; heartbeats get lost.</summary>
    private const int Rounds = 3;

    private readonly Dictionary<(uint PortTag, byte Vhid), (LaneClaim Claim, ulong Told)> _all = [];
    private readonly List<(uint PortTag, byte Vhid)> _gone = [];
    private ulong _heartbeats;

    public int Count => _all.Count;

    /// <summary>How many of its groups it is master of.</summary>
    public int Masters { get; private set; }

    /// <summary>None of its groups is without a link.</summary>
    public bool AreAllReady { get; private set; }

    public void Clear() => _all.Clear();

    /// <summary>Those of the newest heartbeat. One that is not full has brought all.</summary>
    public void Take(IReadOnlyList<LaneClaim> claims)
    {
        _heartbeats++;
        foreach (LaneClaim claim in claims) _all[(claim.PortTag, claim.Vhid)] = (claim, _heartbeats);
        bool areAll = claims.Count < Lane.MaxClaims - 1;
        Forget(areAll ? 0 : Rounds * (ulong)((_all.Count / (Lane.MaxClaims - 1)) + 1));
    }

    public bool TryFind(CarpGroup group, out LaneClaim claim)
    {
        bool isClaimed = _all.TryGetValue((group.Port.Tag, group.Settings.Vhid), out (LaneClaim Claim, ulong Told) found);
        claim = found.Claim;
        return isClaimed;
    }

    /// <summary>What the newest heartbeat claims of a group; false: nothing, or what it claims is older.</summary>
    public bool TryFindNewest(CarpGroup group, out LaneClaim claim)
    {
        bool isClaimed = _all.TryGetValue((group.Port.Tag, group.Settings.Vhid), out (LaneClaim Claim, ulong Told) found);
        claim = found.Claim;
        return isClaimed && found.Told == _heartbeats;
    }

    private void Forget(ulong patience)
    {
        (Masters, AreAllReady) = (0, true);
        _gone.Clear();
        foreach (((uint, byte) group, (LaneClaim claim, ulong told)) in _all)
        {
            if (_heartbeats - told > patience)
            {
                _gone.Add(group);
                continue;
            }

            if (claim.State == CarpState.Master) Masters++;
            AreAllReady &= claim.State != CarpState.Initial;
        }

        foreach ((uint, byte) group in _gone) _all.Remove(group);
    }
}
