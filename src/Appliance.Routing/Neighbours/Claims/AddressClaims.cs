using Appliance.Engine;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>
/// All own addresses of the appliance: checked for duplicates where that is asked for, announced, answered for and defended. IPv6
/// addresses are checked before they are used (RFC 4862 §5.4). IPv4 addresses are used at once unless <see
/// cref="NeighbourOptions.ProbesIpv4"/> says otherwise: a router that comes back must not be silent for seven seconds, which is what
/// probing by RFC 5227 §2.1 takes; conflicts are still seen, reported and answered. Addresses shared with a peer are answered for while
/// they are here, from their virtual MAC address; whether they are, and who is told so, is failover's.
/// </summary>
internal sealed class AddressClaims(NeighbourOptions options, KeyedRandom random, ControlSpeaker speaker, NeighbourNotices notices)
{
    private readonly Dictionary<(int Port, IpAddress Address), AddressClaim> _claims = [];
    private NeighbourFacts _facts = null!;
    private uint _draws;

    public MonotonicTime NextDeadline { get; private set; } = MonotonicTime.Never;

    public IEnumerable<AddressClaim> Claims => _claims.Values;

    /// <summary>Takes over what is configured: addresses that stay keep their state, others begin or end.</summary>
    public void Adopt(NeighbourFacts facts, MonotonicTime now)
    {
        NeighbourFacts? before = _facts;
        _facts = facts;
        var wanted = new Dictionary<(int, IpAddress), AddressClaim>();
        for (int port = 0; port < facts.Links.Length; port++)
        {
            foreach (IpPrefix prefix in facts.Links[port].Addresses) wanted[(port, prefix.Address)] = new AddressClaim(port, prefix);
            foreach (VirtualAddress shared in facts.Links[port].Virtual)
                wanted[(port, shared.Address)] = new AddressClaim(port, new IpPrefix(shared.Address, shared.Address.BitLength), shared);
        }

        foreach ((int Port, IpAddress Address) key in _claims.Keys.ToArray())
        {
            bool stays = wanted.TryGetValue(key, out AddressClaim? next) && next.Prefix == _claims[key].Prefix
                && next.Shared == _claims[key].Shared && before!.MacOf(key.Port) == facts.MacOf(key.Port);
            if (!stays) _claims.Remove(key);
        }

        foreach (((int Port, IpAddress Address) key, AddressClaim claim) in wanted)
        {
            if (_claims.TryAdd(key, claim)) Begin(claim, now);
        }

        Schedule();
    }

    /// <summary>The link of a port has come up: whoever is there has not heard of us.</summary>
    public void Restart(int port, MonotonicTime now)
    {
        foreach (AddressClaim claim in _claims.Values.Where(claim => claim.Port == port)) Begin(claim, now);
        Schedule();
    }

    /// <summary>Whether nobody else on the link may have the address now.</summary>
    public bool IsOwn(int port, IpAddress address) => _claims.TryGetValue((port, address), out AddressClaim? claim) && claim.IsHere;

    /// <summary>At which MAC address an own address is.</summary>
    public MacAddress MacOf(int port, IpAddress address) =>
        _claims.TryGetValue((port, address), out AddressClaim? claim) && claim.Shared is { } shared ? shared.Mac : _facts.MacOf(port);

    /// <summary>Whether the appliance answers for an address on a link.</summary>
    public bool IsUsable(int port, IpAddress address) =>
        _claims.TryGetValue((port, address), out AddressClaim? claim) && claim.IsUsable;

    /// <summary>
    /// The address that a question about another is asked from: of its family, on its link, of its network if there is one; for IPv6 the
    /// link-local one first. False: none may be used now.
    /// </summary>
    public bool TryFindSource(int port, IpAddress target, out IpAddress source)
    {
        AddressClaim? best = null;
        foreach (AddressClaim claim in _claims.Values)
        {
            if (claim.Port != port || !claim.IsUsable || claim.Address.IsV6 != target.IsV6) continue;
            if (best is null || Rank(claim, target) > Rank(best, target)) best = claim;
        }

        source = best?.Address ?? default;
        return best is not null;
    }

    /// <summary>Somebody else has said something that only the owner of an address may say.</summary>
    public void Challenge(int port, IpAddress address, MacAddress by, MonotonicTime now)
    {
        if (!_claims.TryGetValue((port, address), out AddressClaim? claim) || claim.IsVirtual) return;
        Happen(claim, ClaimEvent.Challenged, by, now);
        Schedule();
    }

    public void Tend(MonotonicTime now)
    {
        if (now < NextDeadline) return;
        foreach (AddressClaim claim in _claims.Values)
        {
            if (claim.DueAt <= now) Happen(claim, claim.IsDone ? ClaimEvent.Done : ClaimEvent.Due, default, now);
        }

        Schedule();
    }

    private static int Rank(AddressClaim claim, IpAddress target) =>
        (claim.IsVirtual ? 0 : 4) + (claim.Prefix.Contains(target) ? 2 : 0) + (claim.Address is { IsV6: true, IsLinkLocal: true } ? 3 : 0);

    private void Begin(AddressClaim claim, MonotonicTime now)
    {
        bool isChecked = !claim.IsVirtual && (claim.Address.IsV6 ? options.DetectsDuplicates : options.ProbesIpv4);
        claim.Sent = 0;
        claim.State = claim.IsVirtual ? ClaimState.Owned : isChecked ? ClaimState.Waiting : ClaimState.Announcing;
        claim.DueAt = claim.IsVirtual ? MonotonicTime.Never : isChecked ? claim.EndOf(now, Draw(claim)) : now;
    }

    private void Happen(AddressClaim claim, ClaimEvent happened, MacAddress by, MonotonicTime now)
    {
        (ClaimState state, ClaimActions actions) = ClaimTransitions.Find(claim.State, happened);
        if (state != claim.State) (claim.State, claim.Sent) = (state, 0);
        if ((actions & (ClaimActions.Probe | ClaimActions.Announce)) != ClaimActions.None) claim.Sent++;
        if (happened != ClaimEvent.Challenged || state == ClaimState.Duplicate) claim.DueAt = claim.EndOf(now, Draw(claim));
        if (actions.HasFlag(ClaimActions.Probe)) speaker.Probe(claim.Port, claim.Address);
        if (actions.HasFlag(ClaimActions.Announce)) speaker.Announce(claim.Port, claim.Address);
        if (actions.HasFlag(ClaimActions.Defend) && !claim.Address.IsV6 && now - claim.DefendedAt >= AddressClaim.DefendInterval)
        {
            claim.DefendedAt = now;
            speaker.Announce(claim.Port, claim.Address);
        }

        if (actions.HasFlag(ClaimActions.Report))
            notices.Add(new NeighbourNotice(now, KindOf(state, happened), claim.Port, claim.Address, by));
    }

    private static NeighbourNoticeKind KindOf(ClaimState state, ClaimEvent happened) =>
        happened != ClaimEvent.Challenged ? NeighbourNoticeKind.Owned
        : state == ClaimState.Duplicate ? NeighbourNoticeKind.Duplicate : NeighbourNoticeKind.Conflict;

    private ulong Draw(AddressClaim claim)
    {
        UInt128 bits = claim.Address.Bits;
        return random.Draw(RandomPurpose.ClaimDelay, (ulong)(bits >> 64) ^ (ulong)claim.Port, (ulong)bits, _draws++);
    }

    private void Schedule()
    {
        NextDeadline = MonotonicTime.Never;
        foreach (AddressClaim claim in _claims.Values)
        {
            if (claim.DueAt < NextDeadline) NextDeadline = claim.DueAt;
        }
    }
}
