namespace Appliance.Firewall.Language;

/// <summary>The order that <c>set require-order yes</c>, the default, asks for.</summary>
internal enum StatementOrder : byte
{
    Option,
    Ether,
    Scrub,
    Queue,
    Translation,
    Filter,
}
