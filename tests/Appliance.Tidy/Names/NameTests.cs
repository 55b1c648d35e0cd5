namespace Appliance.Tidy;

public sealed class NameTests
{
    [Fact]
    public void No_type_is_named_with_a_word_that_says_nothing() => Repository.HasNo(Repository.CSharp.SelectMany(NameRules.EmptyWords));

    [Fact]
    public void A_file_holds_one_public_type() => Repository.HasNo(Repository.CSharp.SelectMany(NameRules.CrowdedFiles));

    [Theory]
    [InlineData("class StateManager;", 1)]
    [InlineData("static class Utils;", 1)]
    [InlineData("record struct IPHelper(int A);", 1)]
    [InlineData("class Outer { enum InnerImpl { A } }", 1)]
    [InlineData("delegate void HelperCall();", 1)]
    [InlineData("class ImplicitRoute;", 0)]
    [InlineData("class Managed;", 0)]
    [InlineData("class A { void Helper() { } }", 0)]
    public void Empty_words_are_found_in_type_names_only(string text, int count) =>
        Assert.Equal(count, NameRules.EmptyWords(new SourceFile("a.cs", text)).Count());

    [Theory]
    [InlineData("namespace N; public class A; public enum B { }", 1)]
    [InlineData("public interface A; public delegate void B();", 1)]
    [InlineData("namespace N; public class A { public class B; } internal class C;", 0)]
    [InlineData("public partial class A; public partial class A;", 0)]
    public void A_second_public_type_is_found(string text, int count) =>
        Assert.Equal(count, NameRules.CrowdedFiles(new SourceFile("a.cs", text)).Count());
}
