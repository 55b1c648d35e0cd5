namespace Appliance.Reports.Page;

/// <summary>Numbers with their nouns.</summary>
internal static class Words
{
    public static string Count(long number, string what, string? several = null) =>
        $"{Quantity.Count(number)} {(number == 1 ? what : several ?? what + "s")}";
}
