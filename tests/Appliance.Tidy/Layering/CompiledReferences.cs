using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Appliance.Tidy;

/// <summary>What an assembly really uses: a project file may allow less, or a transitive reference more, than one thinks.</summary>
public static class CompiledReferences
{
    private const string House = "Appliance.";

    /// <summary>The assemblies of this house that <paramref name="assembly"/> names, whatever it was allowed to.</summary>
    public static IReadOnlyList<string> Of(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        MetadataReader metadata = file.GetMetadataReader();
        return [.. metadata.AssemblyReferences
            .Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))
            .Where(name => name.StartsWith(House, StringComparison.OrdinalIgnoreCase))];
    }
}
