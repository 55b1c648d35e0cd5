using System.Runtime.InteropServices;

namespace Appliance.Ports.Linux;

/// <summary>
/// The seal as an nftables table of the netdev family that a netlink socket owns (NFT_TABLE_F_OWNER, Linux 5.12): when the socket is
/// closed the kernel takes the table away, and until then nobody else can change it.
/// </summary>
internal sealed class NftablesSeal : IDisposable
{
    private const ushort Subsystem = 10 << 8;           // NFNL_SUBSYS_NFTABLES; the same as a resource in network order
    private const ushort NewTable = Subsystem, NewChain = Subsystem | 3, NewRule = Subsystem | 6;
    private const ushort BatchBegin = 0x10, BatchEnd = 0x11;
    private const byte NetdevFamily = 5;                // NFPROTO_NETDEV
    private const uint Owned = 2;                       // NFT_TABLE_F_OWNER
    private const uint IngressHook = 0, EgressHook = 1; // NF_NETDEV_INGRESS, NF_NETDEV_EGRESS
    private const uint DropVerdict = 0, AcceptVerdict = 1;
    private const uint Register = 1, VerdictRegister = 0, MarkKey = 3, Equal = 0;

    private static int s_made;                          // tables of this process, whose names differ

    private readonly NetlinkSocket _owner;

    private NftablesSeal(NetlinkSocket owner, bool isEgressShut)
    {
        _owner = owner;
        IsEgressShut = isEgressShut;
    }

    /// <summary>False: the kernel is older than 5.16 or built without the hook.</summary>
    public bool IsEgressShut { get; }

    /// <summary>Throws <see cref="SystemCallException"/> when the kernel has no nftables or does not allow it.</summary>
    public static NftablesSeal Close(string device, string subject) =>
        TryClose(device, subject, hasEgress: true, out _)
        ?? TryClose(device, subject, hasEgress: false, out int errno)
        ?? throw new SystemCallException($"nftables: a table for {device}", errno, subject);

    public void Dispose() => _owner.Dispose();

    /// <summary>struct nfgenmsg; the resource in network order.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FamilyHeader
    {
        public byte Family;
        public byte Version;
        public ushort Resource;
    }

    private static NftablesSeal? TryClose(string device, string subject, bool hasEgress, out int errno)
    {
        var owner = new NetlinkSocket(NetlinkSocket.Netfilter, 0, subject);
        errno = owner.Request(Describe($"appliance-{Environment.ProcessId}-{Interlocked.Increment(ref s_made)}", device, hasEgress));
        if (errno == 0) return new NftablesSeal(owner, hasEgress);
        owner.Dispose();
        return null;
    }

    /// <summary>One transaction: all of it or nothing. Its last message is acknowledged.</summary>
    private static NetlinkMessage Describe(string table, string device, bool hasEgress)
    {
        var resource = new FamilyHeader { Resource = Subsystem };
        var message = new NetlinkMessage();
        message.Begin(BatchBegin, 0, resource);
        message.End();
        message.Begin(NewTable, NetlinkMessage.Create, new FamilyHeader { Family = NetdevFamily });
        message.Attribute(1, table);                    // NFTA_TABLE_NAME
        message.BigEndian(2, Owned);                    // NFTA_TABLE_FLAGS
        message.End();
        if (hasEgress)
        {
            AddChain(message, table, "leaving", device, EgressHook, NetlinkMessage.Create);
            AddExemption(message, table, "leaving");
        }

        AddChain(message, table, "arriving", device, IngressHook, NetlinkMessage.Create | NetlinkMessage.Acknowledged);
        message.Begin(BatchEnd, 0, resource);
        message.End();
        return message;
    }

    /// <summary>A chain that drops what no rule accepts.</summary>
    private static void AddChain(NetlinkMessage message, string table, string chain, string device, uint hook, ushort flags)
    {
        message.Begin(NewChain, flags, new FamilyHeader { Family = NetdevFamily });
        message.Attribute(1, table);                    // NFTA_CHAIN_TABLE
        message.Attribute(3, chain);                    // NFTA_CHAIN_NAME
        message.Nest(4, () =>                           // NFTA_CHAIN_HOOK
        {
            message.BigEndian(1, hook);                 // NFTA_HOOK_HOOKNUM
            message.BigEndian(2, 0);                    // NFTA_HOOK_PRIORITY
            message.Attribute(3, device);               // NFTA_HOOK_DEV
        });
        message.BigEndian(5, DropVerdict);              // NFTA_CHAIN_POLICY
        message.Attribute(7, "filter");                 // NFTA_CHAIN_TYPE
        message.End();
    }

    /// <summary>What bears the mark passes: <c>meta mark 0x4150504c accept</c>.</summary>
    private static void AddExemption(NetlinkMessage message, string table, string chain)
    {
        message.Begin(NewRule, NetlinkMessage.Create | NetlinkMessage.Append, new FamilyHeader { Family = NetdevFamily });
        message.Attribute(1, table);                    // NFTA_RULE_TABLE
        message.Attribute(2, chain);                    // NFTA_RULE_CHAIN
        message.Nest(4, () =>                           // NFTA_RULE_EXPRESSIONS
        {
            AddExpression(message, "meta", () =>
            {
                message.BigEndian(1, Register);         // NFTA_META_DREG
                message.BigEndian(2, MarkKey);          // NFTA_META_KEY
            });
            AddExpression(message, "cmp", () =>
            {
                message.BigEndian(1, Register);         // NFTA_CMP_SREG
                message.BigEndian(2, Equal);            // NFTA_CMP_OP
                message.Nest(3, () => message.Attribute(1, Sockets.Mark));              // NFTA_CMP_DATA: NFTA_DATA_VALUE
            });
            AddExpression(message, "immediate", () =>
            {
                message.BigEndian(1, VerdictRegister);  // NFTA_IMMEDIATE_DREG
                message.Nest(2, () => message.Nest(2, () => message.BigEndian(1, AcceptVerdict)));      // …_DATA: NFTA_DATA_VERDICT
            });
        });
        message.End();
    }

    private static void AddExpression(NetlinkMessage message, string name, Action write) => message.Nest(1, () =>      // NFTA_LIST_ELEM
    {
        message.Attribute(1, name);                     // NFTA_EXPR_NAME
        message.Nest(2, write);                         // NFTA_EXPR_DATA
    });
}
