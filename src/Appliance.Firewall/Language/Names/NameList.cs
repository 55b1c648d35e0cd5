using System.Reflection;

namespace Appliance.Firewall.Language;

/// <summary>The lists shipped within this assembly: words between spaces, a line each, comments from <c>#</c>.</summary>
internal static class NameList
{
    public static IEnumerable<string[]> Read(string resource)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The assembly lacks its resource {resource}.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#') yield return line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
    }
}
