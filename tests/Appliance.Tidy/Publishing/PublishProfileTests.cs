using System.Xml.Linq;

namespace Appliance.Tidy;

/// <summary>
/// The ways in which the program is published do not share intermediate files: the compiler takes those of another way for up to date, and
/// what is compiled ahead beside a trimmed framework ends at its first instruction beside a whole one.
/// </summary>
public sealed class PublishProfileTests
{
    [Fact]
    public void Each_publish_profile_has_its_own_place_for_intermediate_files() =>
        Repository.HasNo(Sharing([.. Repository.Files.Where(file => Path.GetExtension(file.Path) == ".pubxml")]));

    [Theory]
    [InlineData("", "<ArtifactsPivots>release_b</ArtifactsPivots>", 0)]
    [InlineData("<ArtifactsPivots>release_a</ArtifactsPivots>", "<ArtifactsPivots>release_b</ArtifactsPivots>", 0)]
    [InlineData("", "", 2)]
    [InlineData("<ArtifactsPivots>release_a</ArtifactsPivots>", "<ArtifactsPivots>release_a</ArtifactsPivots>", 2)]
    public void Profiles_that_share_a_place_are_found(string first, string second, int count) =>
        Assert.Equal(count, Sharing([Profile("a.pubxml", first), Profile("b.pubxml", second)]).Count());

    private static IEnumerable<Finding> Sharing(SourceFile[] profiles) =>
        from profile in profiles
        group profile by Place(profile) into sharing
        where sharing.Count() > 1
        from profile in sharing
        select new Finding(profile.Path, 0, $"others have its ArtifactsPivots, '{sharing.Key}'");

    private static string Place(SourceFile profile) =>
        XDocument.Parse(profile.Text).Descendants("ArtifactsPivots").SingleOrDefault()?.Value ?? "";

    private static SourceFile Profile(string path, string property) =>
        new(path, $"<Project><PropertyGroup>{property}</PropertyGroup></Project>");
}
