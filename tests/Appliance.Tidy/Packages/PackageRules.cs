using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Appliance.Tidy;

/// <summary>What comes from outside is named once, in one exact version.</summary>
public static partial class PackageRules
{
    [GeneratedRegex(@"^\d+(\.\d+){1,3}(-[0-9A-Za-z.]+)?$")]
    private static partial Regex ExactVersion { get; }

    /// <summary>Judges Directory.Packages.props.</summary>
    public static IEnumerable<Finding> Central(SourceFile file) =>
        from package in Named(file, "PackageVersion")
        where !ExactVersion.IsMatch(package.Attribute("Version")?.Value ?? "")
        select new Finding(file.Path, 0, $"{package} is not one exact version");

    /// <summary>Judges a project or props file: a package is named without a version, and the central file has one for it.</summary>
    public static IEnumerable<Finding> References(SourceFile file, SourceFile central)
    {
        HashSet<string> pinned = [.. Named(central, "PackageVersion").Select(package => package.Attribute("Include")?.Value ?? "")];
        foreach (XElement reference in Named(file, "PackageReference"))
        {
            string? name = reference.Attribute("Include")?.Value;
            if (name is null || !pinned.Contains(name))
                yield return new Finding(file.Path, 0, $"{name} has no version in {central.Path}");
            if (reference.Attributes().Concat<XObject>(reference.Elements()).Any(IsVersion))
                yield return new Finding(file.Path, 0, $"{name} has a version of its own");
        }
    }

    private static bool IsVersion(XObject part) =>
        ((part as XAttribute)?.Name ?? (part as XElement)?.Name)?.LocalName is "Version" or "VersionOverride";

    private static IEnumerable<XElement> Named(SourceFile file, string element) =>
        XDocument.Parse(file.Text).Descendants().Where(candidate => candidate.Name.LocalName == element);
}
