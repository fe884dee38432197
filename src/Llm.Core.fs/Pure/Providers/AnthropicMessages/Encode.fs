// To be written.
namespace Llm.Core

module internal AnthropicMessagesEncodeStub =
    let private unused = ()
