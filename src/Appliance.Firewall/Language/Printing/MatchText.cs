using System.Globalization;

namespace Appliance.Firewall.Language;

/// <summary>Comparisons of ports, users and groups, as pfctl prints them.</summary>
internal static class MatchText
{
    public static string Sign(MatchOperator comparison) => comparison switch
    {
        MatchOperator.Equal => "=",
        MatchOperator.NotEqual => "!=",
        MatchOperator.Less => "<",
        MatchOperator.LessOrEqual => "<=",
        MatchOperator.Greater => ">",
        MatchOperator.GreaterOrEqual => ">=",
        MatchOperator.Inside => "><",
        MatchOperator.Outside => "<>",
        MatchOperator.Range => ":",
        _ => "",
    };

    /// <summary>The name of a service stands for a single port only.</summary>
    public static string Port(PortMatch port, bool isTcp)
    {
        bool isSingle = port.Operator is MatchOperator.Equal or MatchOperator.NotEqual;
        string first = isSingle && ServiceNames.TryGetName(port.First, isTcp, out string name) ? name : Number(port.First);
        return $" port{Comparison(port.Operator, first, Number(port.Second))}";
    }

    public static string Id(IdMatch id, string what)
    {
        bool isSingle = id.Operator is MatchOperator.Equal or MatchOperator.NotEqual;
        string first = isSingle && id.First == IdMatch.Unknown ? "unknown" : Number(id.First);
        return $" {what}{Comparison(id.Operator, first, Number(id.Last))}";
    }

    private static string Comparison(MatchOperator comparison, string first, string last) => comparison switch
    {
        MatchOperator.Any => "",
        MatchOperator.Range => $" {first}:{last}",
        MatchOperator.Inside or MatchOperator.Outside => $" {first} {Sign(comparison)} {last}",
        _ => $" {Sign(comparison)} {first}",
    };

    private static string Number(uint number) => number.ToString(CultureInfo.InvariantCulture);
}
