namespace Appliance.Configuration;

/// <summary>Where the Toeplitz key comes from.</summary>
public enum SteeringKeyKind
{
    Symmetric,                                                        // endpoints ordered; a secret key, in replay one made of the seed
    Microsoft,                                                        // the key of the RSS verification vectors
    Given,                                                            // 40 bytes of the configuration
}
