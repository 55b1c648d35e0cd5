namespace Appliance.Firewall.Language;

public enum RouteKind : byte
{
    RouteTo,
    ReplyTo,
    DupTo,
}
