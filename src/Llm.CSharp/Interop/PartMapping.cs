// Parts of messages, to the core and back.
namespace Llm.Interop;

internal static class PartMapping
{
    public static Core.UserPart ToCore(UserPart part) => part switch
    {
        UserText text => Core.UserPart.NewText(Texts.Required(text.Text, nameof(UserText.Text))),
        UserImage image => Core.UserPart.NewImage(ToCore(image.Image)),
        Audio audio => Core.UserPart.NewAudio(new(Texts.Required(audio.MediaType, nameof(Audio.MediaType)), ToCore(audio.Data))),
        Document document => Core.UserPart.NewDocument(ToCore(document)),
        ToolOutput output => Core.UserPart.NewToolOutput(ToolMapping.ToCore(output)),
        _ => throw new ArgumentNullException(nameof(part), "A part of a user's message is null."),
    };

    public static UserPart ToFacade(Core.UserPart part) => part switch
    {
        Core.UserPart.Text text => new UserText(text.text),
        Core.UserPart.Image image => new UserImage(ToFacade(image.Item)),
        Core.UserPart.Audio audio => new Audio(audio.Item.MediaType, ToFacade(audio.Item.Data)),
        Core.UserPart.Document document => ToFacade(document.Item),
        Core.UserPart.ToolOutput { Item: var output } => ToolMapping.ToFacade(output),
        _ => throw Unknown(part),
    };

    public static Core.AssistantPart ToCore(AssistantPart part) => part switch
    {
        AssistantText text => Core.AssistantPart.NewText(Texts.Required(text.Text, nameof(AssistantText.Text))),
        Thought thought => Core.AssistantPart.NewThought(Texts.Required(thought.Text, nameof(Thought.Text))),
        ToolCall call => Core.AssistantPart.NewToolCall(ToolMapping.ToCore(call)),
        SpokenAudio audio => Core.AssistantPart.NewAudio(
            new(
                Optional.ToCore(audio.Id),
                ToCore(audio.Data),
                Texts.Required(audio.Transcript, nameof(SpokenAudio.Transcript)))),
        AssistantImage image => Core.AssistantPart.NewImage(ToCore(image.Image)),
        ProviderPart other => Core.AssistantPart.NewOther(new(Texts.Required(other.Kind, nameof(ProviderPart.Kind)), other.JsonText.Core)),
        _ => throw new ArgumentNullException(nameof(part), "A part of an assistant's message is null."),
    };

    public static AssistantPart ToFacade(Core.AssistantPart part) => part switch
    {
        Core.AssistantPart.Text text => new AssistantText(text.text),
        Core.AssistantPart.Thought thought => new Thought(thought.thought),
        Core.AssistantPart.ToolCall { Item: var call } => ToolMapping.ToFacade(call),
        Core.AssistantPart.Audio { Item: var audio } =>
            new SpokenAudio(Optional.ToReference(audio.Id), ToFacade(audio.Data), audio.Transcript),
        Core.AssistantPart.Image image => new AssistantImage(ToFacade(image.Item)),
        Core.AssistantPart.Other { Item: var other } => new ProviderPart(other.Kind, new JsonText(other.Json)),
        _ => throw Unknown(part),
    };

    public static Core.Bytes ToCore(Bytes bytes) => Core.BytesModule.ofMemory(bytes.Memory);

    public static Bytes ToFacade(Core.Bytes bytes) => Bytes.Trusted(bytes.Memory);

    public static Core.Image ToCore(Image image) => image switch
    {
        Image.Inline inline => Core.Image.NewInline(Texts.Required(inline.MediaType, nameof(Image.Inline.MediaType)), ToCore(inline.Data)),
        Image.Url url => Core.Image.NewUrl(Texts.Required(url.Address, nameof(Image.Url.Address))),
        _ => throw new ArgumentNullException(nameof(image), "An image is null."),
    };

    internal static Image ToFacade(Core.Image image) => image switch
    {
        Core.Image.Inline inline => new Image.Inline(inline.mediaType, ToFacade(inline.data)),
        Core.Image.Url url => new Image.Url(url.url),
        _ => throw Unknown(image),
    };

    private static Core.Document ToCore(Document document) => document switch
    {
        Document.Inline inline =>
            Core.Document.NewInline(Texts.Required(inline.MediaType, nameof(Document.Inline.MediaType)), ToCore(inline.Data)),
        Document.Text text => Core.Document.NewText(
            Texts.Required(text.MediaType, nameof(Document.Text.MediaType)),
            Texts.Required(text.Content, nameof(Document.Text.Content))),
        Document.Url url => Core.Document.NewUrl(Texts.Required(url.Address, nameof(Document.Url.Address))),
        _ => throw Unknown(document),
    };

    internal static Document ToFacade(Core.Document document) => document switch
    {
        Core.Document.Inline inline => new Document.Inline(inline.mediaType, ToFacade(inline.data)),
        Core.Document.Text text => new Document.Text(text.mediaType, text.text),
        Core.Document.Url url => new Document.Url(url.url),
        _ => throw Unknown(document),
    };

    /// <summary>A case that was added on one side only: a mistake of this library, which the tests find.</summary>
    internal static InvalidOperationException Unknown(object value) => new($"There is no counterpart of {value.GetType()}.");
}
