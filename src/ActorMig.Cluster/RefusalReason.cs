namespace ActorMig.Cluster;

/// <summary>Why a peer is not heard, or not spoken to.</summary>
public enum RefusalReason
{
    /// <summary>It has shown no certificate.</summary>
    NoCertificate,

    /// <summary>Its certificate, or its authority's, has expired.</summary>
    Expired,

    /// <summary>Its certificate, or its authority's, is not valid yet.</summary>
    NotYetValid,

    /// <summary>Its certificate is not of the cluster's authority.</summary>
    ForeignAuthority,

    /// <summary>Its certificate is not for this use.</summary>
    WrongUse,

    /// <summary>Its certificate is another host's.</summary>
    WrongName,

    /// <summary>It does not speak TLS, or not as it should.</summary>
    NoTls,

    /// <summary>It is no member.</summary>
    UnknownMember,

    /// <summary>It uses this host's own name.</summary>
    OwnName,

    /// <summary>It is not at its address.</summary>
    WrongAddress,

    /// <summary>It speaks another protocol.</summary>
    OtherProtocol,

    /// <summary>What it sends cannot be read.</summary>
    Unreadable,

    /// <summary>What it sends is too large, or comes too slowly.</summary>
    OverLimit,

    /// <summary>Too many that are no members connect.</summary>
    TooManyStrangers,

    /// <summary>This host failed on what it sends, which is a fault of this program.</summary>
    OwnFault,
}
