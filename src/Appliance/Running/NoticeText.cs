using Appliance.Routing;

namespace Appliance.Running;

/// <summary>What an operator is told of neighbours.</summary>
internal static class NoticeText
{
    /// <summary>Null: it is nothing to be told unasked.</summary>
    public static string? Of(in NeighbourNotice notice, string port) => notice.Kind switch
    {
        NeighbourNoticeKind.Duplicate =>
            $"port {port}: its address {notice.Address} is not used, for {notice.Mac} has it; give one of the two another",
        NeighbourNoticeKind.Conflict => $"port {port}: {notice.Mac} uses the address {notice.Address}, which is this appliance's",
        NeighbourNoticeKind.Moved => $"port {port}: {notice.Address} is at {notice.Mac} now",
        NeighbourNoticeKind.Refused => $"port {port}: too many neighbours; {notice.Address} is none for now",
        _ => null,
    };
}
