using System.Xml.Linq;

namespace Appliance.Tidy;

/// <summary>The dependency rule: a project knows projects of smaller layer numbers only.</summary>
public static class LayeringRule
{
    /// <summary>Judges one project's references, whether read from its project file or from its compiled assembly.</summary>
    public static IEnumerable<Finding> Check(
        string path, string project, IEnumerable<string> references, IReadOnlyDictionary<string, int> layers)
    {
        if (!layers.TryGetValue(project, out int layer))
        {
            yield return new Finding(path, 0, $"{project} is not in the rooms table of ARCHITECTURE.md");
            yield break;
        }

        foreach (string reference in references)
        {
            if (!layers.TryGetValue(reference, out int below))
                yield return new Finding(path, 0, $"{project} references {reference}, which is no room of src");
            else if (below >= layer)
                yield return new Finding(path, 0, $"{project} (layer {layer}) references {reference} (layer {below})");
        }
    }

    /// <summary>The projects that a project file names, and the assemblies that it names past them.</summary>
    public static IEnumerable<string> ReferencesOf(string projectText) =>
        from element in XDocument.Parse(projectText).Descendants()
        where element.Name.LocalName is "ProjectReference" or "Reference"
        let include = element.Attribute("Include")!.Value.Replace('\\', '/')
        select element.Name.LocalName == "Reference" ? include : Path.GetFileNameWithoutExtension(include);
}
