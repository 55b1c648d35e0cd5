namespace Appliance.Firewall;

/// <summary>Which packets of a state a rule sends another way, and whether they or copies of them go.</summary>
public enum RouteKind : byte
{
    /// <summary>Those in the rule's direction.</summary>
    RouteTo,

    /// <summary>Those in the other direction.</summary>
    ReplyTo,

    /// <summary>Copies of those in the rule's direction.</summary>
    DupTo,
}
