namespace Appliance.Firewall.Language;

/// <summary>
/// <c>flags Set/OutOf</c>: of the flags <paramref name="OutOf" /> exactly <paramref name="Set" /> are set. The default takes any.
/// </summary>
public readonly record struct TcpFlagsMatch(TcpFlags Set, TcpFlags OutOf)
{
    /// <summary><c>S/SA</c>, what opens a connection.</summary>
    public static readonly TcpFlagsMatch Opening = new(TcpFlags.Syn, TcpFlags.Syn | TcpFlags.Ack);

    public bool IsAny => Set == TcpFlags.None && OutOf == TcpFlags.None;
}
