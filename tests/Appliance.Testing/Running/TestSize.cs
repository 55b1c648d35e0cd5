using Xunit;

namespace Appliance.Testing;

/// <summary>How much a run of the tests may take: a person waits, a build server has minutes, a soak has the night.</summary>
public static class TestSize
{
    public static T Of<T>(T person, T server, T soak) => Environment.GetEnvironmentVariable("APPLIANCE_TEST_SIZE") switch
    {
        "soak" => soak,
        "ci" => server,
        _ => string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.Ordinal) ? server : person,
    };

    /// <summary>Whether everything is shown in all its variations, or each thing once.</summary>
    public static bool HasVariations => Of(person: false, server: true, soak: true);

    /// <summary>Nobody waits for what takes long and every build server sees: a control whose proof runs, say.</summary>
    public static void SkipForPerson() => Assert.SkipUnless(HasVariations, "takes long: make test with CI=true has it");

    /// <summary>The seed of a random test: <c>APPLIANCE_TEST_SEED</c>, or one of its own.</summary>
    public static int Seed(int own) => int.TryParse(Environment.GetEnvironmentVariable("APPLIANCE_TEST_SEED"), out int given) ? given : own;
}
