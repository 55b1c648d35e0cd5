namespace Appliance.Configuration;

/// <summary>
/// The check of a source address against the routes (RFC 3704): none, any route (§2.4), or a route by the port of arrival (§2.2).
/// </summary>
public enum ReversePath
{
    Off,
    Loose,
    Strict,
}
