using Appliance.Wire.Ip;

namespace Appliance.Ports.Linux;

/// <summary>An address of a device of the host.</summary>
/// <param name="DeviceIndex">Whose it is.</param>
/// <param name="Prefix">The address and the length of its network.</param>
/// <param name="Flags">IFA_F_… of linux/if_addr.h.</param>
/// <param name="Scope">RT_SCOPE_… of linux/rtnetlink.h.</param>
/// <param name="PreferredSeconds">What was left of it when it was read; <see cref="Forever"/> for a static one.</param>
/// <param name="ValidSeconds">Likewise.</param>
public sealed record HostAddress(int DeviceIndex, IpPrefix Prefix, uint Flags, byte Scope, uint PreferredSeconds, uint ValidSeconds)
{
    public const uint Forever = uint.MaxValue;

    /// <summary>As it was set; null: none was, and the kernel works with the network's.</summary>
    public Ipv4Address? Broadcast { get; init; }

    /// <summary>Duplicate address detection has not ended (RFC 4862 §5.4), or has found another owner.</summary>
    public bool IsTentative => (Flags & (0x40 | 0x08)) != 0;            // IFA_F_TENTATIVE, IFA_F_DADFAILED

    /// <summary>Set by an administrator: it does not expire.</summary>
    public bool IsPermanent => (Flags & 0x80) != 0;                     // IFA_F_PERMANENT
}
