using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>A source went over the limit of a rule that has an <c>overload</c> table; for whoever writes the table.</summary>
public readonly struct OverloadEvent
{
    private readonly UInt128 _address;
    private readonly bool _isV6;

    /// <param name="address">Of the source, as the rule's states know it.</param>
    /// <param name="isV6">Its family.</param>
    /// <param name="direction">Of the state.</param>
    /// <param name="account">The rule's, in <see cref="StateLimits"/>.</param>
    public OverloadEvent(UInt128 address, bool isV6, FlowDirection direction, ushort account) =>
        (_address, _isV6, Direction, Account) = (address, isV6, direction, account);

    public FlowDirection Direction { get; }

    public ushort Account { get; }

    public IpAddress Address => _isV6 ? new Ipv6Address(_address) : new Ipv4Address((uint)_address);
}
