namespace Appliance.Reports;

/// <summary>Colour on a terminal that wants it, plain text everywhere else (no-color.org).</summary>
internal static class Paint
{
    private static readonly bool IsOn = !Console.IsOutputRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    public static string Good(string text) => In("32", text);

    public static string Bad(string text) => In("1;31", text);

    private static string In(string colour, string text) => IsOn ? $"\e[{colour}m{text}\e[0m" : text;
}
