using Appliance.Engine;
using Appliance.Wire.Carp;
using Appliance.Wire.Ip;

namespace Appliance.Failover;

/// <summary>
/// What a group proves itself with and accepts. While its addresses or its key change on one box after the other there are several: each
/// former one goes on being sent and believed for a time, so that a box that has changed and one that has not still hear each other.
/// </summary>
internal sealed class CarpProofs
{
    /// <summary>
    /// Former proofs at a time. Of more changes than that those in the middle are forgotten: the other box has the oldest.
    /// </summary>
    public const int MaxFormer = 4;

    private readonly List<(CarpHmac Proof, MonotonicTime Until)> _former = [];                // oldest first
    private CarpHmac _current;
    private CarpHmac? _alsoBelieved;                                  // OpenBSD accepts what it does not send

    public CarpProofs(CarpGroupSettings settings) => (_current, _alsoBelieved) = Make(settings);

    public CarpHmac Current => _current;

    /// <summary>Those to be sent beside the current one, as long as their changes are on.</summary>
    public IEnumerable<CarpHmac> Former(MonotonicTime now) => _former.Where(former => now < former.Until).Select(former => former.Proof);

    /// <summary>Takes new addresses or another key; nothing happens when they prove the same.</summary>
    public void Change(CarpGroupSettings settings, MonotonicTime now, MonotonicTime until)
    {
        (CarpHmac current, CarpHmac? alsoBelieved) = Make(settings);
        if (!current.IsSameAs(_current))
        {
            _former.RemoveAll(former => former.Until <= now || former.Proof.IsSameAs(current));
            if (_former.Count == MaxFormer) _former.RemoveAt(1);
            _former.Add((_current, until));
        }

        (_current, _alsoBelieved) = (current, alsoBelieved);
    }

    public bool Verifies(CarpView advertisement, MonotonicTime now) =>
        _current.Verifies(advertisement)
        || (_alsoBelieved?.Verifies(advertisement) ?? false)
        || VerifiesFormer(advertisement, now);

    private bool VerifiesFormer(CarpView advertisement, MonotonicTime now)
    {
        foreach ((CarpHmac proof, MonotonicTime until) in _former)
        {
            if (now < until && proof.Verifies(advertisement)) return true;
        }

        return false;
    }

    private static (CarpHmac Current, CarpHmac? AlsoBelieved) Make(CarpGroupSettings settings)
    {
        ReadOnlySpan<IpAddress> addresses = settings.Addresses.AsSpan();
        CarpHmac every = CarpHmac.Of(settings.Key, settings.Vhid, addresses);
        if (settings.Neighbours != CarpNeighbours.OpenBsd) return (every, null);
        return (CarpHmac.Of(settings.Key, settings.Vhid, addresses, CarpDigestForm.WithoutLinkLocal), every);
    }
}
