using System.Reflection;

namespace Appliance.Consoles;

/// <summary>Which program this is.</summary>
internal static class ProgramVersion
{
    /// <summary>The version, and the commit where it is known.</summary>
    public static string Text { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
}
