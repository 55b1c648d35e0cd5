using System.Globalization;
using Appliance.Wire.Ip;

namespace Appliance.Configuration;

/// <summary>An address and a port number; IPv6 prints in brackets.</summary>
public readonly record struct IpEndpoint(IpAddress Address, ushort Port)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Address.IsV6 ? $"[{Address}]" : Address.ToString())}:{Port}");
}
