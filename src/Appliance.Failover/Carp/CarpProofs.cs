using Appliance.Engine;
using Appliance.Wire.Carp;
using Appliance.Wire.Ip;

namespace Appliance.Failover;

/// <summary>
/// What a group proves itself with and accepts. While its addresses or its key change on one box after the other there are two: the former
/// one goes on being sent and believed for a time, so that a box that has changed and one that has not still hear each other.
/// </summary>
internal sealed class CarpProofs
{
    private CarpHmac _current;
    private CarpHmac? _alsoBelieved;                                  // OpenBSD accepts what it does not send
    private CarpHmac? _former;
    private MonotonicTime _formerUntil;

    public CarpProofs(CarpGroupSettings settings) => (_current, _alsoBelieved) = Make(settings);

    public CarpHmac Current => _current;

    /// <summary>The one to be sent beside the current one, as long as the change is on.</summary>
    public CarpHmac? Former(MonotonicTime now) => _former is not null && now < _formerUntil ? _former : null;

    /// <summary>Takes new addresses or another key; nothing happens when they prove the same.</summary>
    public void Change(CarpGroupSettings settings, MonotonicTime until)
    {
        (CarpHmac current, CarpHmac? alsoBelieved) = Make(settings);
        if (!current.IsSameAs(_current)) (_former, _formerUntil) = (_current, until);
        (_current, _alsoBelieved) = (current, alsoBelieved);
    }

    public bool Verifies(CarpView advertisement, MonotonicTime now) =>
        _current.Verifies(advertisement)
        || (_alsoBelieved?.Verifies(advertisement) ?? false)
        || (Former(now)?.Verifies(advertisement) ?? false);

    private static (CarpHmac Current, CarpHmac? AlsoBelieved) Make(CarpGroupSettings settings)
    {
        ReadOnlySpan<IpAddress> addresses = settings.Addresses.AsSpan();
        CarpHmac every = CarpHmac.Of(settings.Key, settings.Vhid, addresses);
        if (settings.Neighbours != CarpNeighbours.OpenBsd) return (every, null);
        return (CarpHmac.Of(settings.Key, settings.Vhid, addresses, CarpDigestForm.WithoutLinkLocal), every);
    }
}
